"""A headless Chromium that opens files and notes what it asks for, what it blocks and what scripts say."""

import base64
import contextlib
import json

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

DESKTOP = (1280, 800)
PHONE = (375, 760)


class Browser:
    """A browser window; `driver` is selenium's."""

    def __init__(self, driver):
        self.driver = driver
        self.requests = []
        self.messages = []

    def open(self, path, fragment=''):
        """Opens a file, also where only the fragment differs from what is shown."""
        self.driver.get('about:blank')
        self.driver.get(f'file://{path}{fragment}')

    def look(self, size=DESKTOP, scheme='light', scripts=True):
        """Sets what a page may ask about its reader: size of the window, light or dark, scripts or none."""
        width, height = size
        self.cdp('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.cdp('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': scheme}])
        self.cdp('Emulation.setScriptExecutionDisabled', value=not scripts)

    def cdp(self, method, **parameters):
        """Calls a method of Chromium's own protocol."""
        return self.driver.execute_cdp_cmd(method, parameters)

    def run(self, script, *arguments):
        """Runs a function body in the page."""
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        """Returns the elements that a selector finds."""
        return self.driver.find_elements('css selector', selector)

    def one(self, selector):
        """Returns the element that a selector finds."""
        return self.driver.find_element('css selector', selector)

    def texts(self, selector):
        """Returns the texts of what a selector finds."""
        return self.run('return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText.trim())', selector)

    def press(self, *keys):
        """Presses keys, in whatever has the focus."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(getattr(Keys, key, key))

    def tab_to(self, selector, limit=60):
        """Moves the focus by Tab until it is on what a selector finds."""
        for _ in range(limit):
            if self.run('return document.activeElement.matches(arguments[0])', selector):
                return
            self.press('TAB')
        raise AssertionError(f'Tab does not lead to {selector}')

    def shoot(self, path, whole=False):
        """Takes a picture of what is seen, or of the whole page."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shot = self.cdp('Page.captureScreenshot', captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot['data']))

    def forget(self):
        """Drops what was logged so far."""
        self.read_logs()
        self.requests.clear()
        self.messages.clear()

    def read_logs(self):
        """Collects the addresses asked for, and what the console said, since the last call."""
        for entry in self.driver.get_log('performance'):
            message = json.loads(entry['message'])['message']
            if message['method'] == 'Network.requestWillBeSent':
                self.requests.append(message['params']['request']['url'])
        self.messages += [entry['message'] for entry in self.driver.get_log('browser')]


@contextlib.contextmanager
def browser(profile):
    """Runs Chromium with a profile folder of its own."""
    options = Options()
    options.binary_location = '/usr/bin/chromium'
    for argument in ('--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', f'--user-data-dir={profile}'):
        options.add_argument(argument)
    options.set_capability('goog:loggingPrefs', {'performance': 'ALL', 'browser': 'ALL'})
    driver = webdriver.Chrome(service=Service('/usr/bin/chromedriver'), options=options)
    try:
        started = Browser(driver)
        started.open('/dev/null')
        started.forget()
        yield started
    finally:
        driver.quit()
